/**
 * An error as a service of AWS answers it: `code` is the exception's name on the wire (`ConditionalCheckFailedException`), `status` the HTTP
 * status, `details` what the error's shape carries besides the message (`CancellationReasons`).
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, details: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.details = details;
  }
}
