import { expect, test } from 'vitest';
import { operator, type Principal } from '../../../../local/kernel/kernel.ts';
import { createSts } from '../../../../local/sts/service.ts';
import { kernelForTests } from '../kernel-for-tests.ts';

const role: Principal = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/path/Reader', session: 'orders<1>' };

async function ask(principal: Principal, action = 'GetCallerIdentity'): Promise<string> {
  const sts = createSts(kernelForTests());
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, principal, requestId: 'r-1' };
  const answer = await sts.wire?.({ ...request, body: Buffer.from(`Action=${action}&Version=2011-06-15`) });
  return String(answer?.body);
}

test('who am I: the person at this machine, or a session of a role', async () => {
  expect(await ask(operator)).toContain('<Arn>arn:aws:iam::111122223333:user/operator</Arn>');
  expect(await ask(role)).toContain(
    '<Arn>arn:aws:sts::111122223333:assumed-role/Reader/orders&lt;1&gt;</Arn><UserId>AROALOCAL:orders&lt;1&gt;</UserId><Account>111122223333</Account>',
  );
});

test('an operation that is not there is refused by its name', async () => {
  await expect(ask(operator, 'AssumeRole')).rejects.toMatchObject({
    code: 'InvalidAction',
    message: 'STS on this machine has no operation AssumeRole.',
  });
});
