/** What was read, or why it can't be. */
export type Read<Value> = { value: Value } | { refused: string };
