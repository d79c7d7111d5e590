/** Stops the start with a text for the person at the terminal: what is wrong and what to do. Printed without a stack. */
export class StartError extends Error {
  override readonly name = "StartError";
}
