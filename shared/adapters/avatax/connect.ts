import { TaxUnavailable } from '../../ports/tax.ts';
import { connection } from '../connection.ts';
import { type AvataxApi, AvataxSecret, avataxClient } from './client.ts';

/** @throws TaxUnavailable if the secret cannot be read or is not what it should be */
export const avataxConnection = ({
  base,
  ...system
}: {
  readSecret(): Promise<string>;
  base: string;
  now(): number;
}): (() => Promise<AvataxApi>) =>
  connection({
    ...system,
    provider: 'AvaTax',
    schema: AvataxSecret,
    shape: '{"accountId":"…","licenseKey":"…","companyCode":"…"}',
    connect: (secret) => avataxClient(secret, base),
    Unavailable: TaxUnavailable,
  });
