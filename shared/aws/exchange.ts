import http from 'node:http';
import https from 'node:https';

export interface Answer {
  status: number;
  /** By lower-case name. */
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Connections are kept: a new one is three round trips. As many at once as the SDK's own clients open. */
const CONNECTIONS = { keepAlive: true, maxSockets: 50 };

/** Sends requests to one host. */
export class Connection {
  readonly host: string;
  readonly #module: typeof http | typeof https;
  readonly #to: { hostname: string; port: string; protocol: string; agent: http.Agent };

  constructor(endpoint: string) {
    const { protocol, hostname, port, host } = new URL(endpoint);
    this.host = host;
    this.#module = protocol === 'http:' ? http : https;
    const agent = protocol === 'http:' ? new http.Agent(CONNECTIONS) : new https.Agent(CONNECTIONS);
    this.#to = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port, protocol, agent };
  }

  /** @throws Error with the `code` of the network's failure */
  send(method: string, path: string, headers: http.OutgoingHttpHeaders, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.#module.request({ ...this.#to, method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  destroy(): void {
    this.#to.agent.destroy();
  }
}
