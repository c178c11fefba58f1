/** An image on documents. */
export interface Logo {
  type: LogoType;
  bytes: Buffer;
}

export const logoTypes = ['image/png', 'image/jpeg'] as const;
export type LogoType = (typeof logoTypes)[number];

/** Bytes. In base64 it is an item of the store with room to spare (400 KB). */
export const largestLogo = 200_000;
/** Pixels a side: 10 cm in print. What a few bytes unpack to is bounded, too. */
const longestSide = 1200;

export type LogoFault = 'not_an_image' | 'damaged' | 'too_large';

/** What the bytes are by themselves, whatever somebody calls them. */
export function readLogo(bytes: Buffer): { logo: Logo } | { fault: LogoFault } {
  const png = bytes.subarray(0, 8).equals(pngSignature);
  const jpeg = bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xff_d8_ff;
  if (!png && !jpeg) return { fault: 'not_an_image' };
  const size = png ? pngSize(bytes) : jpegSize(bytes);
  if (!size) return { fault: 'damaged' };
  if (bytes.length > largestLogo || size.width > longestSide || size.height > longestSide)
    return { fault: 'too_large' };
  return { logo: { type: png ? 'image/png' : 'image/jpeg', bytes } };
}

interface Size {
  width: number;
  height: number;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Chunks from IHDR to IEND, none beyond the end (PNG, 5.3). */
function pngSize(bytes: Buffer): Size | undefined {
  let size: Size | undefined;
  let hasPixels = false;
  for (let at = pngSignature.length; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (at + 12 + length > bytes.length) return undefined;
    if (type === 'IHDR' && length === 13) size = sizeOf(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12));
    if (type === 'IDAT') hasPixels = true;
    if (type === 'IEND') return hasPixels ? size : undefined;
    at += 12 + length;
  }
  return undefined;
}

/** The first frame header before the pixels: SOF0 to SOF15 without DHT, JPG and DAC (ITU T.81, B.1). */
function jpegSize(bytes: Buffer): Size | undefined {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return sizeOf(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    if (marker === 0xda) return undefined;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

const sizeOf = (width: number, height: number): Size | undefined =>
  width > 0 && height > 0 ? { width, height } : undefined;
