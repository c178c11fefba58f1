import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

/** Bodies as AvaTax takes them (CreateTransactionModel): strict, so that a field of another name is found. */
const Address = z.strictObject({
  line1: z.string().optional(),
  city: z.string().optional(),
  region: z.string().optional(),
  postalCode: z.string().optional(),
  country: z.string(),
});
const Body = z.strictObject({
  type: z.enum(['SalesOrder', 'SalesInvoice', 'ReturnInvoice']),
  code: z.string().max(50),
  companyCode: z.literal('BATUTA'),
  customerCode: z.string().max(50),
  date: z.iso.date(),
  currencyCode: z.string().length(3),
  commit: z.boolean(),
  referenceCode: z.string().max(50).optional(),
  description: z.string().optional(),
  businessIdentificationNo: z.string().optional(),
  addresses: z.union([
    z.strictObject({ singleLocation: Address }),
    z.strictObject({ shipFrom: Address, shipTo: Address }),
  ]),
  lines: z.array(
    z.strictObject({
      number: z.string(),
      quantity: z.number().positive(),
      amount: z.number(),
      taxIncluded: z.boolean(),
      ref1: z.string(),
      itemCode: z.string().max(50).optional(),
      taxCode: z.string().max(25).optional(),
      taxOverride: z
        .strictObject({
          type: z.literal('TaxAmount'),
          taxAmount: z.number(),
          reason: z.string(),
          taxDate: z.string().optional(),
        })
        .optional(),
    }),
  ),
});
type Body = z.infer<typeof Body>;

interface Kept {
  code: string;
  type: string;
  status: string;
  totalAmount: number;
  totalTax: number;
}

/** `lose` cuts the line after the effect; `redirect`, `silent`, `html` and `empty` are what proxies do. */
export type Fault = 'lose' | 'redirect' | 'silent' | 'html' | 'empty' | 401 | 429 | 500 | 503;

export interface AvataxServer {
  url: string;
  /** What the next requests meet, one after the other. */
  faults: Fault[];
  /** Overwrites fields of the next answers of `create`. */
  answers: object[];
  heard: { path: string; body: unknown }[];
  /** By type and code. */
  kept: Map<string, Kept>;
  stop(): Promise<void>;
}

/** What is taxed where: rates of the recorded answers, in doubles, as Avalara prints them. */
const rates: Record<string, { taxName: string; jurisName: string; region: string; rate: number }[]> = {
  ES: [{ taxName: 'Standard Rate', jurisName: 'SPAIN', region: 'ES', rate: 0.21 }],
  JP: [{ taxName: 'Standard Rate', jurisName: 'JAPAN', region: 'JP', rate: 0.1 }],
  KW: [{ taxName: 'Standard Rate', jurisName: 'KUWAIT', region: 'KW', rate: 0.05 }],
  'US-CA': [
    { taxName: 'CA STATE TAX', jurisName: 'CALIFORNIA', region: 'CA', rate: 0.06 },
    { taxName: 'CA COUNTY TAX', jurisName: 'LOS ANGELES', region: 'CA', rate: 0.0125 },
  ],
};

const failure = (code: string, details: object[] = []) => ({
  error: { code, message: 'What was sent may be quoted here.', target: 'Unknown', details },
});

/** AvaTax's transactions over HTTP: create, get by code and type, void; answers as developer.avalara.com shows them. */
export async function startAvatax(): Promise<AvataxServer> {
  const faults: Fault[] = [];
  const answers: object[] = [];
  const heard: AvataxServer['heard'] = [];
  const kept = new Map<string, Kept>();

  const answered = (method: string, path: string, body: unknown): { status: number; body: object } => {
    const [, found] = /^\/api\/v2\/companies\/BATUTA\/transactions\/(.+)$/.exec(path) ?? [];
    if (found !== undefined) {
      const [, code, type] = /^([^/]+)\/(?:types\/(\w+)|void\?documentType=(?:\w+))$/.exec(found) ?? [];
      const there = kept.get(`${type ?? 'SalesOrder'} ${code}`);
      if (!there)
        return { status: 404, body: failure('EntityNotFoundError', [{ code: 'EntityNotFoundError', number: 4 }]) };
      if (method === 'POST') there.status = 'Cancelled';
      return { status: 200, body: there };
    }
    const parsed = Body.safeParse(body);
    if (!parsed.success)
      return { status: 400, body: failure('ValueRequiredError', [{ code: z.prettifyError(parsed.error) }]) };
    return created(parsed.data, kept);
  };

  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body: unknown = JSON.parse((await text(request)) || 'null');
    heard.push({ path: `${request.method} ${path}`, body });
    const fault = faults.shift();
    const credentials = `Basic ${Buffer.from('2000000000:1A2B3C').toString('base64')}`;
    if (fault === 'silent') return;
    const send = (status: number, content: string, more = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...more });
      response.end(content);
    };
    if (fault === 'redirect') return send(307, '', { location: 'http://127.0.0.1:1/elsewhere' });
    if (fault === 'html') return send(200, '<html>Sign in to the hotel’s network</html>');
    if (fault === 'empty') return send(200, '');
    if (fault === 401 || request.headers.authorization !== credentials)
      return send(
        401,
        JSON.stringify(failure('AuthenticationException', [{ code: 'AuthenticationException', number: 30 }])),
      );
    if (typeof fault === 'number') return send(fault, JSON.stringify(failure('ServerError')));
    const answer = answered(request.method ?? '', path, body);
    if (fault === 'lose') return void request.socket.destroy();
    const isMade = answer.status === 201 && answers.length > 0;
    send(answer.status, JSON.stringify(isMade ? { ...answer.body, ...answers.shift() } : answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    answers,
    heard,
    kept,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function created(body: Body, kept: Map<string, Kept>): { status: number; body: object } {
  const { addresses, currencyCode, code, type } = body;
  const shipTo = 'shipTo' in addresses ? addresses.shipTo : addresses.singleLocation;
  const shipFrom = 'shipFrom' in addresses ? addresses.shipFrom : addresses.singleLocation;
  if (kept.get(`${type} ${code}`)?.status === 'Committed') {
    const details = [
      { code: 'GetTaxError', number: 300, severity: 'Error' },
      { code: 'GetTaxError', number: 300, message: 'DocStatus is invalid for this operation.', refersTo: 'DocStatus' },
    ];
    return { status: 400, body: failure('GetTaxError', details) };
  }
  const here = rates[shipTo.country] ?? rates[`${shipTo.country}-${shipTo.region}`];
  if (!here) {
    return {
      status: 400,
      body: failure('GetTaxError', [{ code: 'GetTaxError' }, { code: 'TaxRegionError', number: 301 }]),
    };
  }
  const isReversed = body.businessIdentificationNo !== undefined && shipFrom.country !== shipTo.country;
  const digits = currencyCode === 'JPY' ? 0 : currencyCode === 'KWD' ? 3 : 2;
  const lines = body.lines.map((line) => {
    const sum = isReversed ? 0 : here.reduce((total, { rate }) => total + rate, 0);
    const net = line.taxIncluded ? Number((line.amount / (1 + sum)).toFixed(digits)) : line.amount;
    const details = here.map(({ taxName, jurisName, region, rate }) => ({
      country: shipTo.country,
      region,
      jurisName,
      jurisCode: region,
      jurisdictionType: 'State',
      taxType: 'Sales',
      rate: isReversed ? 0 : rate,
      tax: isReversed ? 0 : Number((net * rate).toFixed(digits)),
      taxableAmount: net,
      exemptAmount: 0,
      nonTaxableAmount: isReversed ? net : 0,
      taxName,
    }));
    const tax =
      line.taxOverride?.taxAmount ?? Number((line.taxIncluded ? line.amount - net : net * sum).toFixed(digits));
    return { lineNumber: line.number, lineAmount: net, tax, taxIncluded: line.taxIncluded, ref1: line.ref1, details };
  });
  const sum = (of: 'lineAmount' | 'tax') => Number(lines.reduce((total, line) => total + line[of], 0).toFixed(digits));
  const status = type === 'SalesOrder' ? 'Temporary' : body.commit ? 'Committed' : 'Saved';
  const one = { code, type, status, totalAmount: sum('lineAmount'), totalTax: sum('tax') };
  if (type !== 'SalesOrder') kept.set(`${type} ${code}`, one);
  const invoiceMessages = isReversed ? [{ content: 'Reverse charge (Article 196 - Directive 2006/112 EC)' }] : [];
  return {
    status: 201,
    body: { id: 123456789, companyId: 12345, ...one, currencyCode, lines, messages: null, invoiceMessages },
  };
}
