import * as z from 'zod';
import { type Html, html, link, pretty, shortName, table } from './html.ts';
import type { Source } from './source.ts';

const PAGE = 25;

const described = z.object({
  Table: z.object({ TableName: z.string(), ItemCount: z.number().optional(), TableSizeBytes: z.number().optional() }),
});
const names = z.object({ TableNames: z.array(z.string()) });
const scanned = z.object({
  Items: z.array(z.record(z.string(), z.unknown())),
  LastEvaluatedKey: z.unknown().optional(),
});

export async function tableList({ ask }: Source): Promise<Html> {
  const { TableNames } = names.parse(await ask('dynamodb', 'ListTables', {}));
  const tables = await Promise.all(
    TableNames.map(async (TableName) => described.parse(await ask('dynamodb', 'DescribeTable', { TableName })).Table),
  );
  return table(
    ['table', 'items', 'bytes'],
    tables.map(({ TableName, ItemCount, TableSizeBytes }) => [
      link('/_local/table', { name: TableName }, TableName),
      ItemCount,
      TableSizeBytes,
    ]),
  );
}

/** A page of a scan, as the table keeps its items. */
export async function tablePage({ ask }: Source, query: URLSearchParams): Promise<Html> {
  const name = query.get('name') ?? '';
  const start = query.get('start');
  const { Items, LastEvaluatedKey } = scanned.parse(
    await ask('dynamodb', 'Scan', {
      TableName: name,
      Limit: PAGE,
      ...(start && { ExclusiveStartKey: JSON.parse(start) }),
    }),
  );
  const rows = Items.map((item) => {
    const plain = Object.fromEntries(Object.entries(item).map(([key, value]) => [key, plainOf(value)]));
    const { pk = '', sk = '', ...rest } = plain;
    return [
      String(pk),
      String(sk),
      html`<details><summary>${brief(rest)}</summary>${pretty(JSON.stringify(rest))}</details>`,
    ];
  });
  return html`<h1>${shortName(name)}</h1>
${table(['pk', 'sk', 'item'], rows, 'No items.')}
<p>${LastEvaluatedKey ? link('/_local/table', { name, start: JSON.stringify(LastEvaluatedKey) }, 'next page') : ''}</p>`;
}

const brief = (item: Record<string, unknown>): string => JSON.stringify(item).slice(0, 110);

/** An attribute as a person would write it; JSON in a string is shown as what it says. */
function plainOf(attribute: unknown): unknown {
  const [[type, value] = []] = Object.entries(Object(attribute));
  if (type === 'N') return Number(value);
  if (type === 'M') return Object.fromEntries(Object.entries(Object(value)).map(([key, one]) => [key, plainOf(one)]));
  if (type === 'L' && Array.isArray(value)) return value.map(plainOf);
  if (type !== 'S' || !/^[[{]/.test(String(value))) return value;
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}
