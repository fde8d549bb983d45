/** The kit of backends: HTTP access, failures, endpoints, parts of replies. */
export * from "./HttpAccess.ts"
export * from "./HttpEndpoint.ts"
export * from "./HttpFailure.ts"
export * from "./ReplyParts.ts"
