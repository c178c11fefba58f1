import { type DynamoDBClient, GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { Account, AccountEntry } from '../../domain/accounts/account.ts';
import { AccountEffect } from '../../domain/accounts/spend.ts';
import type { AccountCommit, AccountStore } from '../../ports/accounts.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { commitStep } from './commit-step.ts';
import { accountSk, onlySk, pk } from './keys.ts';
import type { Item } from './order-items.ts';
import { queryAll } from './order-store.ts';

const Name = Account.pick({ kind: true, owner: true, currency: true });

/** Accounts in the table `orders`, in partitions of their own. The numbers that guard a change stand beside the data, so that conditions can see them. */
export function dynamoAccounts(client: DynamoDBClient, table: string): AccountStore {
  const get = async (partition: string, sk: string): Promise<unknown> => {
    const Key = toAttributes({ pk: partition, sk });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item && JSON.parse(String(fromAttributes(Item).data));
  };
  const put = (item: Item, guard: { text: string; names?: string[]; values?: Item }): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: toAttributes(item),
      ConditionExpression: guard.text,
      ...(guard.names && {
        ExpressionAttributeNames: Object.fromEntries(guard.names.map((name) => [`#${name}`, name])),
      }),
      ...(guard.values && { ExpressionAttributeValues: toAttributes(guard.values) }),
    },
  });
  const isNew = { text: 'attribute_not_exists(pk)' };

  const accountPut = ({ before, after }: NonNullable<AccountCommit['account']>): TransactWriteItem => {
    const { available, aside, version } = after;
    const item = {
      ...{ pk: pk.account(after.owner), sk: accountSk.head(after), data: JSON.stringify(after) },
      ...{ available, aside, version },
    };
    if (!before) return put(item, isNew);
    // The version alone would do: the numbers are what must never be wrong, whoever writes here.
    return put(item, {
      text: '#version = :version AND #available = :available AND #aside = :aside',
      names: ['version', 'available', 'aside'],
      values: { ':version': before.version, ':available': before.available, ':aside': before.aside },
    });
  };

  const actionsOf = ({ account, entry, effect, parent, codeHash, event }: AccountCommit): TransactWriteItem[] => {
    const name = account && JSON.stringify(Name.parse(account.after));
    return [
      ...(account ? [accountPut(account)] : []),
      ...(account && entry
        ? [
            put(
              {
                pk: pk.account(account.after.owner),
                sk: accountSk.entry(account.after, entry.number),
                data: JSON.stringify(entry),
              },
              isNew,
            ),
          ]
        : []),
      ...(account && event
        ? [
            put(
              {
                pk: pk.account(account.after.owner),
                sk: accountSk.event(account.after, event.sequence),
                ...{ ...event, data: JSON.stringify(event.data) },
              },
              isNew,
            ),
          ]
        : []),
      ...(effect ? [put(effectItem(effect), isNew)] : []),
      ...(parent
        ? [
            put(effectItem(parent.after), {
              text: '#open = :open',
              names: ['open'],
              values: { ':open': parent.before.open },
            }),
          ]
        : []),
      ...(name !== undefined && codeHash !== undefined
        ? [put({ pk: pk.accountCode(codeHash), sk: onlySk, data: name }, isNew)]
        : []),
    ];
  };

  return {
    async account(name) {
      const row = await get(pk.account(name.owner), accountSk.head(name));
      return row === undefined ? undefined : Account.parse(row);
    },
    async accounts(owner, kind) {
      const rows = await queryAll(client, table, pk.account(owner), accountSk.heads(kind));
      return rows.map(({ data }) => Account.parse(JSON.parse(String(data))));
    },
    async byCode(codeHash) {
      const row = await get(pk.accountCode(codeHash), onlySk);
      return row === undefined ? undefined : Name.parse(row);
    },
    async effect(id) {
      const row = await get(pk.accountEffect(id), onlySk);
      return row === undefined ? undefined : AccountEffect.parse(row);
    },
    async entries(name, { limit, after }) {
      const prefix = accountSk.entries(name);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
          ExpressionAttributeValues: toAttributes({
            ':pk': pk.account(name.owner),
            ':from': prefix,
            ':to': after?.below === undefined ? `${prefix}~` : accountSk.entry(name, Number(after.below) - 1),
          }),
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: limit + 1,
        }),
      );
      const found = Items.map((item) => AccountEntry.parse(JSON.parse(String(fromAttributes(item).data))));
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return found.length > limit && last ? { items, next: { below: String(last.number) } } : { items };
    },
    commit: (commit) => commitStep(client, actionsOf(commit)),
  };
}

const effectItem = (effect: AccountEffect): Item => ({
  pk: pk.accountEffect(effect.id),
  sk: onlySk,
  data: JSON.stringify(effect),
  open: effect.open,
});
