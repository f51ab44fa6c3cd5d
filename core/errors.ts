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

/** A credential is not to be had: nothing can be judged, exit code 3. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
}
