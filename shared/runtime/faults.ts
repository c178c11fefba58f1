import type * as z from 'zod';
import { escapePointer } from './json-body.ts';
import { type Fault, ProblemError } from './problem.ts';
import { type ProblemCode, problemCodes } from './problem-codes.ts';

type Issue = z.core.$ZodIssue;

/** Faults of a body, the first of each place, by JSON Pointer. Messages name rules, never the values that broke them. */
export function bodyFaults(error: z.ZodError, body: unknown): Fault[] {
  const all = error.issues.flatMap((issue) => {
    const pointer = pointerOf(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: `${pointer}/${escapePointer(key)}`,
        code: 'unknown_field',
        detail: 'There is no such field.',
      }));
    }
    if (issue.code === 'invalid_type' && valueAt(body, issue.path) === undefined) {
      return [{ pointer, code: 'required', detail: 'Is required.' }];
    }
    return [{ pointer, code: codeOf(issue), detail: issue.message }];
  });
  return [...new Map(all.toReversed().map((fault) => [fault.pointer, fault])).values()].reverse();
}

/**
 * The refusal of a body. When all its faults are of one kind that has a code of its own (`duplicate_sku`), that is the problem's code.
 */
export function bodyProblem(faults: Fault[]): ProblemError {
  const [first, ...others] = new Set(faults.map(({ code }) => code));
  const code = first !== undefined && others.length === 0 && isProblem422(first) ? first : 'validation_failed';
  return new ProblemError(code, undefined, { errors: faults });
}

/** Faults of query parameters, by name. */
export function parameterFaults(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((parameter) => ({ parameter, code: 'unknown_parameter', detail: 'There is no such parameter.' }))
      : [{ parameter: String(issue.path[0] ?? ''), code: codeOf(issue), detail: issue.message }],
  );
}

const isProblem422 = (code: string): code is ProblemCode =>
  Object.hasOwn(problemCodes, code) && problemCodes[code as ProblemCode].status === 422;

function codeOf(issue: Issue): string {
  switch (issue.code) {
    case 'too_big':
      return 'too_large';
    case 'custom':
      return typeof issue.params?.code === 'string' ? issue.params.code : 'invalid_value';
    default:
      return issue.code;
  }
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((token) => `/${escapePointer(String(token))}`).join('');

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, token) => (typeof value === 'object' && value !== null ? Reflect.get(value, token) : undefined),
    root,
  );
