import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  XmlDocument,
  type XmlInputProvider,
  XmlValidateError,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm';

const folder = join(import.meta.dirname, '../../vectors/ubl-2.1');
const open = new Map<number, { bytes: Uint8Array; at: number }>();
let opened = 0;

/** Where schemas import each other from: by name, wherever they say that it lies. */
const schemas: XmlInputProvider = {
  match: (path) => path.endsWith('.xsd'),
  open(path) {
    opened += 1;
    open.set(opened, { bytes: readSchema(path.split('/').at(-1) ?? ''), at: 0 });
    return opened;
  },
  read(handle, buffer) {
    const file = open.get(handle);
    if (!file) return -1;
    const part = file.bytes.subarray(file.at, file.at + buffer.byteLength);
    buffer.set(part);
    file.at += part.length;
    return part.length;
  },
  close: (handle) => open.delete(handle),
};

function readSchema(name: string): Uint8Array {
  if (name.startsWith('UBL-ExtensionContent')) return readFileSync(join(folder, name));
  const text = gunzipSync(readFileSync(join(folder, `${name}.gz`)));
  if (!name.startsWith('UBL-Unqualified')) return text;
  // It names the namespace of the core types, and leaves it to its user where they are.
  const core = 'namespace="urn:un:unece:uncefact:data:specification:CoreComponentTypeSchemaModule:2"';
  return Buffer.from(text.toString().replace(`${core}/>`, `${core} schemaLocation="CCTS_CCT_SchemaModule.xsd"/>`));
}

const validators = new Map<string, XsdValidator>();

function validatorOf(root: string): XsdValidator {
  const known = validators.get(root);
  if (known) return known;
  xmlRegisterInputProvider(schemas);
  // Beside the others: its imports go one folder up and down again.
  using schema = XmlDocument.fromBuffer(readSchema(`UBL-${root}-2.1.xsd`), {
    url: `ubl/maindoc/UBL-${root}-2.1.xsd`,
  });
  const made = XsdValidator.fromDoc(schema);
  validators.set(root, made);
  return made;
}

/** What OASIS's schema has against an invoice or a credit note: nothing, when it is valid. */
export function schemaFaults(xml: string): string[] {
  using document = XmlDocument.fromString(xml);
  try {
    validatorOf(document.root.name).validate(document);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details.map(({ message, line }) => `${line}: ${message}`);
    throw error;
  }
}
