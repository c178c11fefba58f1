import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Signer } from '../../../shared/aws/signature.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

test("AWS's own example of a POST (Signature Version 4 test suite, post-vanilla)", () => {
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };
  expect(
    new Signer('service', 'us-east-1', credentials).authorization({ method: 'POST', path: '/', headers, body: '' }),
  ).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  );
});

test("any text at any time is signed as the SDK's signer signs it, with one signer for all days", async () => {
  const ours = new Signer('dynamodb', 'eu-west-1', credentials);
  const theirs = new SignatureV4({ service: 'dynamodb', region: 'eu-west-1', credentials, sha256: Sha256 });
  const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), time, async (text, signingDate) => {
      const body = JSON.stringify({ text });
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        host: 'dynamodb.eu-west-1.amazonaws.com',
        'x-amz-date': signingDate.toISOString().replaceAll(/[-:]|\.\d+/g, ''),
        'x-amz-security-token': 'a token',
        'x-amz-target': 'DynamoDB_20120810.PutItem',
      };
      const { 'x-amz-date': _, 'x-amz-security-token': token, ...others } = headers;
      const signed = await theirs.sign(
        {
          method: 'POST',
          protocol: 'https:',
          hostname: headers.host,
          path: '/',
          headers: { ...others, 'x-amz-security-token': token },
          body,
        },
        { signingDate, unsignableHeaders: new Set(['x-amz-content-sha256']) },
      );
      expect(ours.authorization({ method: 'POST', path: '/', headers, body })).toBe(signed.headers.authorization);
    }),
    { numRuns: 30 },
  );
});
