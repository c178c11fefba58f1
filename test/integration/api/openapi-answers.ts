import * as z from 'zod';
import { openApiText } from '../../../infra/generate-api.ts';

const Content = z.record(z.string(), z.looseObject({ schema: z.unknown() }));
const Document = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({ responses: z.record(z.string(), z.looseObject({ content: Content.optional() })) }),
    ),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

const document = Document.parse(JSON.parse(openApiText()));
const definitions = rebase(document.components.schemas);
const checks = new Map<string, z.ZodType>();

/** JSON Schema keeps its definitions elsewhere than OpenAPI. */
function rebase(schema: unknown): Record<string, unknown> {
  const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/');
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

/** Holds an answer against the document's schema for its route and status. Throws when the document does not know it. */
export function checkAnswer(
  path: string,
  method: string,
  answer: { status: number; type: string; body: unknown },
): void {
  const where = `${method} ${path} ${answer.status}`;
  const response = document.paths[path]?.[method.toLowerCase()]?.responses[String(answer.status)];
  if (!response) throw new Error(`the document has no ${where}`);
  const mediaType = answer.type.split(';')[0] ?? '';
  if (answer.body === undefined) {
    if (response.content) throw new Error(`${where} has a body in the document`);
    return;
  }
  const content = response.content?.[mediaType];
  if (!content) throw new Error(`the document has no ${mediaType} for ${where}`);
  const key = `${where} ${mediaType}`;
  const check =
    checks.get(key) ??
    z.fromJSONSchema({ ...rebase(content.schema), $defs: definitions } as z.core.JSONSchema.JSONSchema);
  checks.set(key, check);
  const parsed = check.safeParse(answer.body);
  if (!parsed.success) throw new Error(`${where} does not fit the document: ${z.prettifyError(parsed.error)}`);
}
