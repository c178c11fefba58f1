import { LONGEST_WAIT, MOST_TASKS } from '../stepfunctions/room.ts';
import type { Facts } from './facts.ts';

/** The page docs/honored.md. */
export function honoredPage(facts: Facts): string {
  return `${[
    '# What the one-machine cloud honors',
    'Written by `node local/honored/main.ts` from the tables that the code itself runs on; a test fails when it is not current. What is not here is refused with a message: a template by the loader, a call by its service, a workflow when it is made.',
    ...calls(facts),
    ...resourceTypes(facts),
    ...workflows(facts),
    '## Faults on demand',
    `A shop in memory (\`npm start -- --memory\`) fails as it is told at \`/_local/faults\` of the AWS port: ${list(facts.faults)}; by service and operation, with a probability and a seed. A \`crash\` takes the function that calls, with its thread, \`before\` or \`after\` the call (\`point\`); a \`clock-jump\` sets the clock of services and functions ahead or back by \`jumpMilliseconds\`.`,
    `\`\`\`sh
curl -X PUT http://127.0.0.1:4566/_local/faults -d '{"seed": 1, "rules": [{"service": "dynamodb", "operation": "TransactWriteItems", "kind": "conflict", "probability": 0.2}]}'
curl http://127.0.0.1:4566/_local/faults             # how often each rule struck
curl -X DELETE http://127.0.0.1:4566/_local/faults
\`\`\``,
  ].join('\n\n')}\n`;
}

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function calls({ services }: Facts): string[] {
  return [
    '## Operations',
    'By the name that signs a request. Parameters that an operation does not honor are refused, too.',
    table(
      ['service', 'operations'],
      services.map(({ name, operations }) => [`\`${name}\``, list(operations)]),
    ),
  ];
}

function resourceTypes({ resources, ignoredResources, intrinsics }: Facts): string[] {
  return [
    '## Resource types',
    'A property path stands for everything below it; `*` is any index or key. Properties under *without meaning* are read over; any other property is refused.',
    table(
      ['type', 'properties honored', 'without meaning here'],
      resources.map(({ type, honored, ignored }) => [`\`${type}\``, list(honored), list(ignored)]),
    ),
    '### Types that are not run',
    table(
      ['type', 'nothing is lost, because'],
      ignoredResources.map(({ type, reason }) => [`\`${type}\``, reason]),
    ),
    '### Intrinsic functions',
    `${list(intrinsics)}, and those of conditions: \`Fn::And\`, \`Fn::Equals\`, \`Fn::Not\`, \`Fn::Or\`. No macro, no transform, no custom resource.`,
  ];
}

function workflows({ states, optimized, sdk, refusedFields }: Facts): string[] {
  return [
    '## Amazon States Language',
    'JSONata only. Standard and Express workflows.',
    table(
      ['state', 'fields'],
      states.map(({ type, fields }) => [`\`${type}\``, list(fields)]),
    ),
    `A task calls a Lambda function by its ARN, or one of these integrations (request-response): ${list(
      Object.entries(optimized).flatMap(([service, actions]) => actions.map((action) => `${service}:${action}`)),
    )}; or any operation of ${list(sdk.map((service) => `aws-sdk:${service}`))} that is listed above.`,
    table(
      ['refused', 'why'],
      [
        ...refusedFields.map(({ field, why }) => [`\`${field}\``, why]),
        ['`.sync`, `.waitForTaskToken`', 'only request-response is supported'],
        ['`QueryLanguage: JSONPath` and its fields', 'only JSONata is supported'],
      ],
    ),
    `Where AWS throttles \`StartExecution\`, this machine lets it wait: while ${MOST_TASKS} tasks are at work, ${LONGEST_WAIT} ms at most.`,
  ];
}
