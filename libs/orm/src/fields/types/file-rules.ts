/** What a file must be; what is not said is up to the application's settings. */
export interface FileRules {
  /** Bytes. */
  readonly maxSize?: number;
  /** Without the dot. */
  readonly extensions?: readonly string[];
  /** Media types, found by looking at the content; `image/*` stands for all of a kind. */
  readonly contentTypes?: readonly string[];
  /** Where among the storage's files it belongs; `posts/cover`. */
  readonly uploadTo?: string;
  /** Pixels of an image. */
  readonly minWidth?: number;
  readonly minHeight?: number;
  readonly maxWidth?: number;
  readonly maxHeight?: number;
}
