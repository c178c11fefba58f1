import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { SendFailure, SendResult, WebhookSender } from '../ports/webhook-sender.ts';
import type { AllowedNetworks } from '../webhooks/addresses.ts';
import { type Address, BlockedTarget, checkUrl, type Resolve, resolveTarget, type Target } from '../webhooks/guard.ts';

export interface SenderOptions {
  allowed: AllowedNetworks;
  resolve: Resolve;
  /** Milliseconds for everything: name, connection, request and the whole response. */
  deadline?: number;
  /** Milliseconds until the connection (with TLS) stands. */
  connectDeadline?: number;
}

/** Bytes of a response that are read; then the connection is cut, and what was read counts as all of it. */
const responseLimit = 16 * 1024;

class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/**
 * Posts to a partner without trusting him: addresses are checked and then connected to without asking again, redirects are not followed,
 * proxy variables not read, and a receiver that drips bytes or never stops sending holds nobody longer than the deadline. A 2xx whose
 * body does not end in time, or breaks off, is a failure: the receiver has not finished answering.
 */
export function webhookSender(options: SenderOptions): WebhookSender {
  const { allowed, resolve, deadline = 15_000, connectDeadline = 5_000 } = options;
  return async ({ url, headers, body }) => {
    const controller = new AbortController();
    const giveUp = (what: string) => controller.abort(new DeadlinePassed(what));
    const total = setTimeout(giveUp, deadline, `no complete answer within ${deadline} ms`);
    const connect = setTimeout(giveUp, connectDeadline, `no connection within ${connectDeadline} ms`);
    try {
      const target = checkUrl(url, allowed);
      const addresses = await within(controller.signal, resolveTarget(target, allowed, resolve));
      const request = { target, addresses, headers, body, signal: controller.signal };
      return await exchange(request, () => clearTimeout(connect));
    } catch (error) {
      return { failure: failureOf(controller.signal.aborted ? controller.signal.reason : error) };
    } finally {
      clearTimeout(total);
      clearTimeout(connect);
    }
  };
}

/** The resolver of the system cannot be stopped, only left behind. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

interface Exchange {
  target: Target;
  addresses: readonly Address[];
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

function exchange({ target, addresses, headers, body, signal }: Exchange, connected: () => void): Promise<SendResult> {
  const isHttps = target.url.protocol === 'https:';
  const bytes = Buffer.from(body);
  return new Promise((resolve, reject) => {
    const request = (isHttps ? requestHttps : requestHttp)(target.url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(bytes.length) },
      // A connection of its own: a kept one would outlive the check of its address.
      agent: false,
      lookup: answerWith(addresses),
      rejectUnauthorized: true,
      signal,
    });
    request.once('socket', (socket) => socket.once(isHttps ? 'secureConnect' : 'connect', connected));
    request.once('error', reject);
    request.once('response', (response) => resolve(readResponse(response, signal)));
    request.end(bytes);
  });
}

/** A `lookup` that knows its answers already. Node asks for `all` when it tries addresses in turn. */
const answerWith =
  (addresses: readonly Address[]): LookupFunction =>
  (_hostname, { all }, done) => {
    if (all) done(null, [...addresses]);
    else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
  };

async function readResponse(response: IncomingMessage, signal: AbortSignal): Promise<SendResult> {
  const status = response.statusCode ?? 0;
  const { location, 'retry-after': retryAfter, 'webhook-delivery': control } = response.headers;
  const head = {
    status,
    ...(retryAfter !== undefined && { retryAfter }),
    ...(typeof control === 'string' && { webhookDelivery: control }),
  };
  const broken = await readToEnd(response, signal);
  const failure = failureOfStatus(status, location) ?? broken;
  return failure ? { ...head, failure } : head;
}

/** Reads until the end or the limit. Returns why it broke off, if it did. */
async function readToEnd(response: IncomingMessage, signal: AbortSignal): Promise<SendFailure | undefined> {
  let read = 0;
  try {
    // Leaving the loop destroys the response and its socket.
    for await (const chunk of response) {
      read += (chunk as Buffer).length;
      if (read >= responseLimit) break;
    }
    return undefined;
  } catch (error) {
    return failureOf(signal.aborted ? signal.reason : error);
  }
}

function failureOfStatus(status: number, location: string | undefined): SendFailure | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400)
    return { kind: 'redirect', text: `${status} to ${(location ?? 'nowhere').slice(0, 200)}, not followed` };
  return { kind: 'status', text: `answered ${status}` };
}

/** Error codes say what happened without naming an address. */
function failureOf(error: unknown): SendFailure {
  if (error instanceof DeadlinePassed) return { kind: 'timeout', text: error.message };
  if (error instanceof BlockedTarget) return { kind: 'blocked', text: error.message };
  const { code = 'unknown', syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'getaddrinfo') return { kind: 'dns', text: code };
  if (/^(ERR_TLS|ERR_SSL|EPROTO)|CERT|SIGNATURE|ISSUER/.test(code)) return { kind: 'tls', text: code };
  if (/^HPE_/.test(code)) return { kind: 'response', text: code };
  return { kind: 'connection', text: code };
}
