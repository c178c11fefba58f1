import * as z from 'zod';
import { mostLinesTogether } from '../domain/keep-together.ts';
import { GroupName } from '../domain/order.ts';

/** Which lines of an order or a cart go out from one site. */
export const togetherFields = {
  splittable: z.boolean().optional().meta({
    description:
      'May its units come from several sites? Default: they may; those of a kit as the shop says (`splitKits`).',
  }),
  keepTogether: GroupName.regex(/\S/, 'must not be blank')
    .optional()
    .meta({
      description: `Lines with the same name come from one site, all or nothing: at most ${mostLinesTogether} of one name.`,
    }),
};

type Lines = z.core.ParsePayload<
  { kind?: 'digital' | undefined; splittable?: boolean | undefined; keepTogether?: string | undefined }[]
>;

/** What comes from no site is not kept together with what does. */
export function refuseTornGroups({ value: lines, issues }: Lines): void {
  const sizes = new Map<string, number>();
  for (const [index, { kind, splittable, keepTogether }] of lines.entries()) {
    const refuse = (field: 'splittable' | 'keepTogether', code: string, message: string) =>
      issues.push({ code: 'custom', input: keepTogether, path: [index, field], params: { code }, message });
    if (kind === 'digital' && keepTogether !== undefined)
      refuse('keepTogether', 'contradictory', 'A digital line comes from no site.');
    if (kind === 'digital' && splittable !== undefined)
      refuse('splittable', 'contradictory', 'A digital line comes from no site.');
    if (keepTogether === undefined) continue;
    if (splittable) refuse('splittable', 'contradictory', 'What is kept together is not split.');
    const size = (sizes.get(keepTogether) ?? 0) + 1;
    sizes.set(keepTogether, size);
    if (size === mostLinesTogether + 1)
      refuse('keepTogether', 'too_large', `At most ${mostLinesTogether} lines are kept together under one name.`);
  }
}
