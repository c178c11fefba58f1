import type { IncomingMessage } from 'node:http';

/** What a signed request says of itself: `<access key>/<date>/<region>/<service>/aws4_request`. */
export interface Credential {
  accessKeyId: string;
  /** Signing name of the service. */
  service: string;
  /** Signed in the query string (a link) instead of a header. */
  presigned: boolean;
  sessionToken?: string;
}

/** Reads the credential scope of a SigV4 request; undefined if there is none. The signature itself is not checked. */
export function credentialOf(request: Pick<IncomingMessage, 'url' | 'headers'>): Credential | undefined {
  const authorization = request.headers.authorization;
  if (authorization) {
    const start = authorization.indexOf('Credential=');
    const end = authorization.indexOf('/aws4_request', start);
    return start < 0 || end < 0 ? undefined : parseScope(authorization.slice(start + 'Credential='.length, end), false);
  }
  const question = request.url?.indexOf('X-Amz-Credential=') ?? -1;
  if (question < 0 || !request.url) return undefined;
  const query = new URLSearchParams(request.url.slice(request.url.indexOf('?') + 1));
  const credential = parseScope((query.get('X-Amz-Credential') ?? '').replace(/\/aws4_request$/, ''), true);
  const token = query.get('X-Amz-Security-Token');
  return credential && token ? { ...credential, sessionToken: token } : credential;
}

function parseScope(scope: string, presigned: boolean): Credential | undefined {
  const parts = scope.split('/');
  const [accessKeyId] = parts;
  const service = parts.at(-1);
  return accessKeyId && service && parts.length >= 3 ? { accessKeyId, service, presigned } : undefined;
}
