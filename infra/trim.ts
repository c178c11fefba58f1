/** What a package's source says that esbuild cannot leave out by itself though nobody uses it; the meaning of the rest stays. */
export interface Trim {
  /** Path of the module's file, forward slashes. */
  module: RegExp;
  trim(source: string, path: string): string;
}
