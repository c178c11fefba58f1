import * as z from 'zod';
import type { Answer } from './answer.ts';
import { type ProblemCode, problemCodes } from './problem-codes.ts';

/** One fault of a request: `pointer` into the body (RFC 6901) or the name of a query parameter. */
export const Fault = z.looseObject({
  pointer: z.string().optional(),
  parameter: z.string().optional(),
  code: z.string(),
  detail: z.string(),
});
export type Fault = z.infer<typeof Fault>;

/** RFC 9457. Members beyond these are extensions of the code. */
export const Problem = z.looseObject({
  type: z.string().meta({ description: 'URL of the documentation of the code, on this very deployment.' }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().meta({ description: 'The path of the request.' }),
  code: z.string().meta({ description: 'Stable: compare this, not title or detail.' }),
  requestId: z.string(),
  errors: z.array(Fault).max(100).optional(),
});
export type Problem = z.infer<typeof Problem>;

const mostFaults = 100;

/** A refusal on its way to the client. Anything else that is thrown is answered with 500. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: Fault[] | undefined;
  /** Further members of the problem. */
  readonly extensions: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail: string = problemCodes[code].meaning,
    more: { errors?: Fault[]; extensions?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.errors = more.errors;
    this.extensions = more.extensions ?? {};
    this.headers = more.headers ?? {};
  }
}

/** Where a problem happened: `origin` is the scheme and host by which the client reached us. */
export interface ProblemPlace {
  origin: string;
  path: string;
  requestId: string;
}

/** Where the page `/docs` explains a code. */
export const anchorOf = (code: string): string => `problem-${code}`;

export function problemAnswer(error: ProblemError, { origin, path, requestId }: ProblemPlace): Answer {
  const { status, title } = problemCodes[error.code];
  const problem: Problem = {
    type: `${origin}/docs#${anchorOf(error.code)}`,
    title,
    status,
    detail: error.detail,
    instance: path,
    code: error.code,
    requestId,
    ...(error.errors && { errors: error.errors.slice(0, mostFaults) }),
    ...error.extensions,
  };
  return { status, headers: { ...error.headers, 'content-type': problemType }, text: JSON.stringify(problem) };
}

export const problemType = 'application/problem+json';
