import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, Service, WireRequest } from '../kernel/kernel.ts';
import { escapeXml } from '../kernel/xml.ts';

const VERSION = '2011-06-15';

/** AWS Security Token Service, as far as people ask it first of all: who am I? Anybody may, without a permission. */
export function createSts({ account }: Kernel): Service {
  return {
    name: 'sts',
    operations: ['GetCallerIdentity'],
    resources: [],
    async call(operation, _input, principal) {
      if (operation !== 'GetCallerIdentity') throw noOperation(operation);
      return identityOf(account, principal);
    },
    async wire({ body, query, principal, requestId }: WireRequest) {
      const form = new URLSearchParams(body.toString('utf8'));
      const action = form.get('Action') ?? query.get('Action');
      if (action !== 'GetCallerIdentity') throw noOperation(action ?? '');
      const { Arn, UserId, Account } = identityOf(account, principal);
      const result = `<Arn>${escapeXml(Arn)}</Arn><UserId>${escapeXml(UserId)}</UserId><Account>${Account}</Account>`;
      return {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/${VERSION}/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
      };
    },
  };
}

function identityOf(account: string, principal: Principal): { Arn: string; UserId: string; Account: string } {
  if (principal.kind !== 'role') {
    return { Arn: `arn:aws:iam::${account}:user/operator`, UserId: 'AIDALOCALOPERATOR', Account: account };
  }
  const name = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
  const Arn = `arn:aws:sts::${account}:assumed-role/${name}/${principal.session}`;
  return { Arn, UserId: `AROALOCAL:${principal.session}`, Account: account };
}

function noOperation(operation: string): AwsError {
  return new AwsError('InvalidAction', `STS on this machine has no operation ${operation.slice(0, 100)}.`);
}
