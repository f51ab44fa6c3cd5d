/** Wrong usage, document, config or file: told in one line with its place, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /**
   * @param message what is wrong and what to do
   * @param place `file`, `file:line` or `file:line:column`, put before the message
   */
  constructor(
    message: string,
    readonly place?: string,
  ) {
    super(place ? `${place}: ${message}` : message)
  }
}

/** The target cannot be judged (unreachable, refuses every request for lack of rights): exit code 3. */
export class NotJudged extends Error {
  override readonly name = 'NotJudged'
}
