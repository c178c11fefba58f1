import type { ListingDeps } from '../../../shared/api/listing.ts';
import { exportHeader, exportRows } from '../../../shared/domain/ledger/export.ts';
import type { LedgerReader } from '../../../shared/ports/ledger.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { openCursor, sealCursor } from '../../../shared/runtime/cursor.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { ledgerContracts } from './contract.ts';

/** Of one part: some 800 KB, far below the 6 MB that a function may answer, and read in a second. */
const mostEntries = 1000;

/**
 * Entries as CSV (RFC 4180), in parts: each but the last names the next one in its header Link (RFC 8288). Only the first part has the line with the
 * columns, so that the parts, one behind the other, are the file.
 */
export async function exportLedger(
  { ledger, cursors, system }: ListingDeps & { ledger: Pick<LedgerReader, 'entries' | 'codes'> },
  { query, caller, origin, path }: ApiRequest<typeof ledgerContracts.exportLedger>,
): Promise<Answer> {
  const { cursor, ...filters } = query;
  const scope = { route: 'ledger export', filters, keyId: caller.keyId };
  const after = cursor === undefined ? undefined : await openCursor(cursors, cursor, scope, system.now());
  const [{ items, next }, codes] = await Promise.all([
    ledger.entries(query, { limit: mostEntries, ...(after && { after }) }),
    ledger.codes(query.legalEntityId),
  ]);
  const text = (after ? '' : exportHeader()) + items.map((posting) => exportRows(posting, codes)).join('');
  const headers: Record<string, string> = {
    'content-type': `text/csv; charset=utf-8; header=${after ? 'absent' : 'present'}`,
    'content-disposition': `attachment; filename="ledger-${query.legalEntityId}-${query.from}-${query.to}.csv"`,
  };
  if (next) {
    const nextCursor = await sealCursor(cursors, next, scope, system.now());
    headers.link = `<${origin}${path}?${new URLSearchParams({ ...filters, cursor: nextCursor })}>; rel="next"`;
  }
  return { status: 200, headers, text };
}
