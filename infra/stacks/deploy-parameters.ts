import { CfnParameter } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/** What differs between deploys of the same template. */
export class DeployParameters {
  readonly webhookAllowedNetworks: string;
  readonly senderAddress: string;
  /** Only where payments go to Stripe. */
  readonly stripeApiBase: string | undefined;
  /** Only where taxes are asked of Avalara. */
  readonly avataxApiBase: string | undefined;

  /** Only where minFraud judges orders. */
  readonly minfraudApiBase: string | undefined;

  constructor(scope: Construct, { payments, tax, fraud }: Pick<Settings, 'payments' | 'tax' | 'fraud'>) {
    this.webhookAllowedNetworks = new CfnParameter(scope, 'WebhookAllowedNetworks', {
      default: '',
      // Networks, not names: a name can be pointed anywhere after it was checked.
      allowedPattern: '(\\s*[0-9A-Fa-f:.]+/[0-9]{1,3}\\s*(,\\s*[0-9A-Fa-f:.]+/[0-9]{1,3}\\s*)*)?',
      constraintDescription: 'must be a comma-separated list of networks such as 10.1.0.0/16',
      description:
        'Private networks (CIDR, comma-separated) that webhooks may reach, over plain http too. Empty: public addresses over https only.',
    }).valueAsString;
    this.senderAddress = new CfnParameter(scope, 'SenderAddress', {
      default: 'orders@example.com',
      allowedPattern: '[^@\\s,]+@[^@\\s,]+',
      constraintDescription: 'must be one mail address',
      description:
        'Mails to customers come from this address. It, or its domain, must be a verified identity of Amazon SES.',
    }).valueAsString;
    this.stripeApiBase = payments === 'stripe' ? stripeApiBase(scope) : undefined;
    this.avataxApiBase = tax === 'avatax' ? avataxApiBase(scope) : undefined;
    this.minfraudApiBase = fraud === 'minfraud' ? minfraudApiBase(scope) : undefined;
  }
}

const stripeApiBase = (scope: Construct): string =>
  new CfnParameter(scope, 'StripeApiBase', {
    default: 'https://api.stripe.com',
    allowedPattern: 'https?://[A-Za-z0-9.-]+(:[0-9]+)?',
    constraintDescription: 'must be a URL without a path, such as http://127.0.0.1:12111',
    description: 'Where payments are sent. Anything but https://api.stripe.com (stripe-mock) gets test keys only.',
  }).valueAsString;

const avataxApiBase = (scope: Construct): string =>
  new CfnParameter(scope, 'AvataxApiBase', {
    default: 'https://rest.avatax.com',
    allowedPattern: 'https://[A-Za-z0-9.-]+(:[0-9]+)?|http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?',
    constraintDescription: 'must be a URL without a path, such as https://sandbox-rest.avatax.com',
    description: 'Where taxes are asked for: Avalara AvaTax, or its sandbox https://sandbox-rest.avatax.com.',
  }).valueAsString;

const minfraudApiBase = (scope: Construct): string =>
  new CfnParameter(scope, 'MinFraudApiBase', {
    default: 'https://minfraud.maxmind.com',
    allowedPattern: 'https?://[A-Za-z0-9.-]+(:[0-9]+)?',
    constraintDescription: 'must be a URL without a path, such as https://sandbox.maxmind.com',
    description: 'Where orders are judged: MaxMind, its sandbox, or a stand-in.',
  }).valueAsString;
