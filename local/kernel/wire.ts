import type { IncomingMessage, ServerResponse } from 'node:http';
import { Endpoint, type Identify, LARGEST_REQUEST } from './endpoint.ts';
import { listen, readBody } from './http-server.ts';
import type { Exchange, RequestHead, Service, WireResponse } from './kernel.ts';
import type { LocalPages } from './local-pages.ts';

export interface Wire {
  readonly port: number;
  /** Until this is called every request is answered 503, which the SDKs retry. */
  serve(services: Iterable<Service>, identify: Identify, pages?: LocalPages): void;
  /** The same door for those who are in this process. */
  readonly exchange: Exchange;
  stop(): Promise<void>;
}

const NOT_YET: WireResponse = { status: 503, headers: { 'retry-after': '1', 'content-length': '0' }, body: '' };

/** The AWS endpoint: every service of this machine behind one port, speaking the services' own protocols. */
export async function startWire(
  host: string,
  port: number,
  report: (where: string, error: unknown) => void,
): Promise<Wire> {
  let endpoint: Endpoint | undefined;
  let stopped = false;
  const exchange: Exchange = async (head, body) => {
    if (stopped) return undefined;
    return endpoint ? await endpoint.answer(head, body) : NOT_YET;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (!endpoint) return send(response, NOT_YET);
    const body = await readBody(request, LARGEST_REQUEST).catch(() => null);
    const answer = body === null ? undefined : await endpoint.answer(headOf(request), body);
    if (answer) send(response, answer);
    else response.destroy();
  };
  const server = await listen(host, port, handle, report);
  return {
    port: server.port,
    serve(services, identify, pages) {
      endpoint = new Endpoint([...services], identify, report, pages);
    },
    exchange,
    stop() {
      stopped = true;
      return server.stop();
    },
  };
}

function headOf({ method = 'GET', url = '/', headers, socket }: IncomingMessage): RequestHead {
  return { method, url, headers, remoteAddress: socket.remoteAddress };
}

function send(response: ServerResponse, { status, headers, body }: WireResponse): void {
  if (response.destroyed) return;
  response.writeHead(status, headers);
  response.end(body.length > 0 ? body : undefined);
}
