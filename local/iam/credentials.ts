import { createHash } from 'node:crypto';

/** What a function's runtime puts into `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

const SESSION_PREFIX = 'local-session:';

/**
 * The credentials of a role on this machine. The access key id says which role it is and the session token carries the session's
 * name (for a function: the function's name). They are labels, not secrets: signatures are not checked, because whoever can reach
 * the AWS port can read the data directory too. IAM is enforced here to find a missing grant before a deploy does.
 */
export function credentialsFor(roleArn: string, session: string): Credentials {
  return {
    accessKeyId: accessKeyIdOf(roleArn),
    secretAccessKey: 'local',
    sessionToken: SESSION_PREFIX + session,
  };
}

/** 20 characters as AWS's: `LOCAL` + 15 of the hash of the role's ARN. */
export function accessKeyIdOf(roleArn: string): string {
  return `LOCAL${createHash('sha256').update(roleArn).digest('hex').slice(0, 15).toUpperCase()}`;
}

/** The session's name in a session token made by `credentialsFor`; undefined in any other. */
export function sessionOf(sessionToken: string | undefined): string | undefined {
  return sessionToken?.startsWith(SESSION_PREFIX) ? sessionToken.slice(SESSION_PREFIX.length) : undefined;
}
