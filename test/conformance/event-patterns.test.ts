import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { fieldsOf } from '../../local/eventbridge/event-fields.ts';
import { compilePattern } from '../../local/eventbridge/pattern.ts';

const directory = process.env.CONFORMANCE_DIR ?? join(import.meta.dirname, '../../../shared/conformance');
const file = join(directory, 'event-patterns/cases.jsonl');

const json = z.record(z.string(), z.json());
const caseShape = z.object({
  id: z.string(),
  event: json,
  pattern: json,
  expected: z.union([z.boolean(), z.literal('EXCEPTION')]),
  error_code: z.string().optional(),
  error_message: z.string().optional(),
});

describe('event patterns answer as AWS answered', () => {
  if (!existsSync(file)) {
    test.skip(`no recorded answers at ${file}: set CONFORMANCE_DIR to run them`, () => {});
    return;
  }
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  for (const line of lines) {
    const { id, event, pattern, expected, error_code, error_message } = caseShape.parse(JSON.parse(line));
    test(id, () => {
      const matches = () => compilePattern(JSON.stringify(pattern)).matches(fieldsOf(event));
      if (expected === 'EXCEPTION') {
        const refusal = expect.objectContaining({ code: error_code, message: error_message?.split('\n')[0] });
        expect(matches).toThrow(refusal);
      } else expect(matches()).toBe(expected);
    });
  }
});
