/** Item files are JSON of any shape until they are decoded. */
declare const form: unknown
export default form
