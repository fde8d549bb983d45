import flattery from "./flattery.ts"
import house from "./house.ts"
import praise from "./praise.ts"

export default [flattery, praise, house]
