import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collectFacts } from '../../../../local/honored/facts.ts';
import { honoredPage } from '../../../../local/honored/page.ts';
import { createIam } from '../../../../local/iam/service.ts';

test('docs/honored.md is what the code says (npx node local/honored/main.ts writes it)', async () => {
  const page = readFileSync(new URL('../../../../docs/honored.md', import.meta.url), 'utf8');
  expect(page).toBe(honoredPage(await collectFacts()));
});

test('every resource type of the code stands in the page, those of IAM too', async () => {
  const { resources } = await collectFacts();
  const types = resources.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  for (const { type } of createIam({ region: 'r', account: '0' }).service.resources) expect(types).toContain(type);
  expect(types).toContain('AWS::StepFunctions::StateMachine');
});

test('no property is both honored and without meaning', async () => {
  for (const { type, honored, ignored } of (await collectFacts()).resources) {
    expect(
      honored.filter((path) => ignored.includes(path)),
      type,
    ).toEqual([]);
  }
});
