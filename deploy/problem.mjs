// A problem that a person can solve: its message is whole sentences with a way out, shown without a stack.
export class Problem extends Error {}
