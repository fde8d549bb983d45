const version = "0.1.0"

/** Version of this package, by which a plugin of another copy says what it was made with. */
export const coreVersion: string = version
