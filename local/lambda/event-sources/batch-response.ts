/**
 * The items that a function reported as failed (`ReportBatchItemFailures`), or `'all'` if its answer makes no sense, which Lambda counts as
 * a failure of the whole batch: an identifier that is empty or not in the batch, an entry without one.
 * No answer, or one without failures, is a success.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function failedItems(payload: string, identifiers: string[]): Set<string> | 'all' {
  const answer: unknown = JSON.parse(payload);
  if (answer === null || answer === '') return new Set();
  if (typeof answer !== 'object') return 'all';
  const failures: unknown = Reflect.get(answer, 'batchItemFailures') ?? [];
  if (!Array.isArray(failures)) return 'all';
  const known = new Set(identifiers);
  const failed = new Set<string>();
  for (const failure of failures) {
    const identifier: unknown =
      typeof failure === 'object' && failure !== null ? Reflect.get(failure, 'itemIdentifier') : undefined;
    if (typeof identifier !== 'string' || !known.has(identifier)) return 'all';
    failed.add(identifier);
  }
  return failed;
}
