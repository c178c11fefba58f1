import type { Cloud } from './cloud.ts';
import type { CommandLine } from './command-line.ts';
import type { ApiKeys } from './seed.ts';

const exampleOrder = {
  externalId: 'web-1',
  channel: 'web',
  currency: 'EUR',
  customer: { email: 'ana@example.com', name: 'Ana' },
  lines: [{ sku: 'donut-glazed', quantity: 6, unitPrice: 180 }],
  delivery: {
    method: 'ship',
    service: 'standard',
    address: { name: 'Ana', line1: 'Calle Mayor 1', city: 'Madrid', postalCode: '28013', country: 'ES' },
  },
  payment: { method: 'card', token: 'tok_ok' },
};

/** Each run of the printed command is an order of its own. */
const runNumber = "'$(date +%s)'";

/** What a person sees when everything runs. */
export function banner(cloud: Cloud, keys: ApiKeys, commandLine: Pick<CommandLine, 'dataDirectory' | 'watch'>): string {
  const { apiUrl, awsUrl } = cloud;
  const { dataDirectory, watch } = commandLine;
  return `
Batuta is running.

  API      ${apiUrl}
  AWS      ${awsUrl}      aws --endpoint-url ${awsUrl} stepfunctions list-state-machines
  Mailbox  ${apiUrl}/local/mailbox
  Data     ${dataDirectory ?? 'in memory: gone when it stops'}${watch ? '\n  Watching functions/, shared/ and state-machines/: what is saved there runs within a second' : ''}

  API keys
    storefront  ${keys.storefront}
    agent       ${keys.agent}
    warehouse   ${keys.warehouse}
    finance     ${keys.finance}
    admin       ${keys.admin}

Place an order:

  curl ${apiUrl}/v1/orders \\
    -H 'Authorization: Bearer ${keys.storefront}' \\
    -H 'Content-Type: application/json' \\
    -H "Idempotency-Key: $(date +%s)" \\
    -d '${JSON.stringify(exampleOrder).replace('web-1', `web-${runNumber}`)}'

Stop with Ctrl-C.
`;
}
