import { problemCodes } from '../../shared/runtime/problem-codes.ts';

/** docs/errors.md, from the one table of codes. */
export function errorsDocument(): string {
  const rows = Object.entries(problemCodes).map(
    ([code, { status, title, meaning }]) => `| \`${code}\` | ${status} | ${title} | ${meaning} |`,
  );
  return `# Errors of the API

Generated from \`shared/runtime/problem-codes.ts\` by \`node infra/generate-api.ts\`.

Every answer that is not 2xx or 304 is \`application/problem+json\` (RFC 9457):

| Member | Meaning |
|---|---|
| \`type\` | URL of the documentation of the code, on the deployment that answered |
| \`title\`, \`detail\` | For people; they may change |
| \`status\` | The HTTP status |
| \`code\` | What happened. Stable: compare this |
| \`instance\` | The path of the request |
| \`requestId\` | Also in the header \`X-Request-Id\`; quote it when you report a problem |
| \`errors\` | Up to 100 faults of a request: \`pointer\` into the body (RFC 6901) or \`parameter\` of the query, \`code\`, \`detail\` |

Before a request reaches the API, API Gateway itself refuses a malformed percent encoding in the path (400), headers or a URL that are too long (431, 414)
and a body beyond 10 MB (413), in its own words: \`{"message":"…"}\` or no body.

Some codes add members: \`possible\` (commands that would be accepted now), \`existingOrderId\`, \`reason\`. Answers with 503 and the code
\`idempotency_key_in_flight\` have a \`Retry-After\` in seconds: send the same request again, with the same Idempotency-Key.

| Code | Status | Title | Meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}
