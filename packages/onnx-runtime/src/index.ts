/** Opens a Hugging Face folder with an ONNX export as an examinee. */
export * from "./ModelFolder.ts"
export * from "./OnnxExaminee.ts"
