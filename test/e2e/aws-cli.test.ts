import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { type Shop, startShop } from './fixture.ts';

const version = versionOfCli();
const run = promisify(execFile);

function versionOfCli(): string | undefined {
  try {
    return execFileSync('aws', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

const long = process.env.BATUTA_TEST_LONG === '1';
if (!version) console.log('aws is not on the PATH: the tests of the AWS CLI are skipped (pip install awscli).');
else if (!long) console.log('the tests of the AWS CLI run with npm run test:long');

// Each command is a Python process of a second or more: in the long run.
describe.skipIf(!version || !long)(`the AWS CLI (${version ?? 'not here: skipped'})`, { timeout: 600_000 }, () => {
  let shop: Shop;
  let orderId: string;
  const directory = mkdtempSync(join(tmpdir(), 'batuta-cli-'));
  beforeAll(async () => {
    shop = await startShop();
    const placed = await shop.api.place(sampleOrder('cli', [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }]));
    await shop.api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED');
    orderId = placed.id;
  }, 120_000);
  afterAll(async () => {
    await shop?.cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const environment = () => ({
    ...process.env,
    ...{ AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'operator', AWS_DEFAULT_REGION: 'us-east-1' },
    ...{ AWS_PAGER: '', AWS_MAX_ATTEMPTS: '1', AWS_CONFIG_FILE: join(directory, 'none') },
  });

  const aws = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('aws', ['--endpoint-url', shop.cloud.awsUrl, ...args], { env: environment() });
    return stdout;
  };
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await aws(...args));

  test('every command that docs/one-machine.md shows does what it says', async () => {
    const page = readFileSync(new URL('../../docs/one-machine.md', import.meta.url), 'utf8');
    const script = /```sh\n(export AWS_[\s\S]*?)```/.exec(page)?.[1];
    if (!script) throw new Error('the page shows no commands');
    const here = script.replace('http://127.0.0.1:4566', shop.cloud.awsUrl).replace('ord_…', orderId);
    const { stdout } = await run('bash', ['-euxc', here], { env: environment(), maxBuffer: 2 ** 24 });
    expect(stdout).toContain(`ORDER#${orderId}`);
    expect(stdout).toContain('"ExecutionSucceeded"');
    expect(stdout).toContain('make_bucket: labels');
    expect(stdout).toContain('TaskHandle');
  });

  test('tables: made, written, read, changed in transactions, deleted', async () => {
    const attributes = ['--attribute-definitions', 'AttributeName=pk,AttributeType=S'];
    const keys = ['--key-schema', 'AttributeName=pk,KeyType=HASH', '--billing-mode', 'PAY_PER_REQUEST'];
    await aws('dynamodb', 'create-table', '--table-name', 'tour', ...attributes, ...keys);
    await aws('dynamodb', 'wait', 'table-exists', '--table-name', 'tour');
    await aws('dynamodb', 'put-item', '--table-name', 'tour', '--item', '{"pk":{"S":"a"},"n":{"N":"1"}}');
    const items = '[{"Put":{"TableName":"tour","Item":{"pk":{"S":"b"}}}}]';
    await aws('dynamodb', 'transact-write-items', '--transact-items', items);
    expect(await json('dynamodb', 'scan', '--table-name', 'tour', '--select', 'COUNT')).toMatchObject({ Count: 2 });
    await aws('dynamodb', 'delete-table', '--table-name', 'tour');
    await expect(aws('dynamodb', 'describe-table', '--table-name', 'tour')).rejects.toThrow(
      'ResourceNotFoundException',
    );
  });

  test('workflows: made, started, stopped, deleted', async () => {
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: { Type: 'Wait', Seconds: 1000, End: true } },
    });
    const place = 'arn:aws:states:us-east-1:000000000000';
    const role = 'arn:aws:iam::000000000000:role/tour';
    await aws(
      'stepfunctions',
      'create-state-machine',
      '--name',
      'tour',
      '--role-arn',
      role,
      '--definition',
      definition,
    );
    const machine = ['--state-machine-arn', `${place}:stateMachine:tour`];
    await aws('stepfunctions', 'start-execution', ...machine, '--name', 'one');
    const execution = ['--execution-arn', `${place}:execution:tour:one`];
    await aws('stepfunctions', 'stop-execution', ...execution, '--error', 'Enough');
    const described = await json('stepfunctions', 'describe-execution', ...execution);
    expect(described).toMatchObject({ status: 'ABORTED', error: 'Enough' });
    await aws('stepfunctions', 'redrive-execution', ...execution);
    const again = await json('stepfunctions', 'describe-execution', ...execution);
    expect(again).toMatchObject({ status: 'RUNNING', redriveCount: 1 });
    await aws('stepfunctions', 'stop-execution', ...execution);
    await aws('stepfunctions', 'delete-state-machine', ...machine);
  });

  test('events: put, matched, replayed', async () => {
    const entry = '[{"Source":"tour","DetailType":"T","Detail":"{}","EventBusName":"batuta-dev"}]';
    expect(await json('events', 'put-events', '--entries', entry)).toMatchObject({ FailedEntryCount: 0 });
    const event =
      '{"id":"1","source":"tour","account":"1","time":"2026-01-01T00:00:00Z","region":"r","resources":[],"detail-type":"T","detail":{}}';
    const matched = await json(
      'events',
      'test-event-pattern',
      '--event-pattern',
      '{"source":["tour"]}',
      '--event',
      event,
    );
    expect(matched).toEqual({ Result: true });
    const at = 'arn:aws:events:us-east-1:000000000000';
    await aws(
      ...['events', 'start-replay', '--replay-name', 'tour', '--event-source-arn', `${at}:archive/batuta-dev`],
      ...['--event-start-time', '2026-01-01T00:00:00Z', '--event-end-time', '2026-01-01T00:01:00Z'],
      ...['--destination', `Arn=${at}:event-bus/batuta-dev`],
    );
    expect(await json('events', 'list-replays')).toMatchObject({ Replays: [{ ReplayName: 'tour' }] });
  });

  test('functions, mails, objects', async () => {
    const answer = join(directory, 'answer.json');
    const invoke = ['lambda', 'invoke', '--function-name', 'batuta-dev-schedules-stuck-orders', answer];
    expect(await json(...invoke)).toMatchObject({ StatusCode: 200 });
    const content = '{"Simple":{"Subject":{"Data":"s"},"Body":{"Text":{"Data":"t"}}}}';
    const from = ['--from-email-address', 'orders@batuta.example', '--destination', 'ToAddresses=a@example.com'];
    expect(await json('sesv2', 'send-email', ...from, '--content', content)).toHaveProperty('MessageId');
    const file = join(directory, 'hello.txt');
    writeFileSync(file, 'hello');
    await aws('s3', 'mb', 's3://tour');
    await aws('s3', 'cp', file, 's3://tour/dir/hello.txt');
    await aws('s3', 'cp', 's3://tour/dir/hello.txt', 's3://tour/copy.txt');
    expect(await json('sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' });
    const group = '/aws/lambda/batuta-dev-schedules-stuck-orders';
    const { events } = (await json('logs', 'filter-log-events', '--log-group-name', group)) as {
      events: { message: string }[];
    };
    expect(events.at(-1)?.message).toMatch(/^REPORT RequestId: /);
    expect(await aws('s3', 'ls', 's3://tour', '--recursive')).toContain('dir/hello.txt');
    expect(await aws('s3', 'cp', 's3://tour/dir/hello.txt', '-')).toBe('hello');
    await aws('s3', 'rb', 's3://tour', '--force');
    expect(await aws('s3', 'ls')).not.toContain('tour');
  });

  test('what is not honored is refused by name', async () => {
    const statement = ['dynamodb', 'execute-statement', '--statement', 'SELECT * FROM tour'];
    await expect(aws(...statement)).rejects.toThrow('UnknownOperationException');
    await expect(aws('iam', 'list-roles')).rejects.toThrow(/InvalidAction.*No service on this machine answers iam/s);
  });
});
