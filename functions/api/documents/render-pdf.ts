import type { Logo } from '../../../shared/documents/logo.ts';
import type { PrintedDocument } from '../../../shared/documents/printed-document.ts';

/** Half a megabyte of code, evaluated when the first PDF is asked for. */
export async function renderPdf(printed: PrintedDocument, logo: Logo | undefined): Promise<Uint8Array> {
  const { pdfOf } = await import('../../../shared/documents/pdf/pdf.ts');
  return pdfOf(printed, logo);
}
