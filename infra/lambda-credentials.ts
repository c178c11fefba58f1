import type { Plugin } from 'esbuild';

/**
 * Ways to get credentials that no function uses: Lambda puts them into the environment, which the SDK asks first. The SDK carries a client
 * for each (STS, SSO, sign-in, the container and instance metadata services), a fifth of a bundle.
 */
const OTHER_WAYS =
  /^(@aws-sdk\/credential-provider-(http|ini|login|process|sso|web-identity)|@smithy\/credential-provider-imds|@aws-sdk\/token-providers)$/;

const REFUSAL = `throw new Error('No credentials: a function takes them from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN only');`;

/** Leaves them out of the bundles. Whoever gets to one of them, for want of credentials in the environment, is told so. */
export const lambdaCredentials: Plugin = {
  name: 'lambda-credentials',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: OTHER_WAYS }, ({ path }) => ({ path, namespace: 'no-credentials' }));
    onLoad({ filter: /.*/, namespace: 'no-credentials' }, () => ({ contents: REFUSAL, loader: 'js' }));
  },
};
