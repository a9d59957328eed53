import type { FieldError, UploadedFile } from '@core-framework/common';
import type { FieldDefinition } from '@core-framework/orm';
import { imageSizeFromFile } from 'image-size/fromFile';
import { checkContent } from './content-check.js';

/** Formats of pictures whose size is read; the default of image fields. */
const IMAGE_EXTENSIONS = ['jpg', 'jpeg', 'png', 'gif', 'webp', 'avif'];
/** Pixels beyond which a picture is taken for an attempt on whoever unpacks it. */
const MAX_SIDE = 20_000;

/** What an accepted file was found to be. */
export interface AcceptedUpload {
  readonly contentType: string;
  readonly extension: string;
}

const accepted = new WeakMap<UploadedFile, AcceptedUpload>();

/** What a file that was checked is. */
export function acceptedUpload(file: UploadedFile): AcceptedUpload | undefined {
  return accepted.get(file);
}

/** Holds the files of one field to what it declares, and to the application's settings. */
export class UploadRules {
  readonly extensions: readonly string[];

  constructor(
    private readonly field: FieldDefinition,
    /** Extensions that the application accepts at all. */
    allowed: readonly string[],
  ) {
    const own = field.file?.extensions;
    const standard = field.scalarKind === 'image' ? allowed.filter((one) => IMAGE_EXTENSIONS.includes(one)) : allowed;
    this.extensions = (own ?? standard).map((extension) => extension.toLowerCase());
  }

  /** Why a file is refused; nothing when it is not. */
  async check(file: UploadedFile): Promise<readonly FieldError[]> {
    const { maxSize = Infinity, contentTypes } = this.field.file ?? {};
    if (file.size > maxSize) {
      return [{ code: 'max_size', message: `Ensure that the file has no more than ${maxSize} bytes.` }];
    }
    if (!this.extensions.includes(file.extension)) {
      const message = `Files of extension "${file.extension}" are not allowed. Allowed: ${this.extensions.join(', ')}.`;
      return [{ code: 'invalid_extension', message }];
    }
    const found = await checkContent(file);
    if (found.error) return [found.error];
    if (contentTypes && !contentTypes.some((wanted) => isOf(found.contentType, wanted))) {
      const message = `Files of type ${found.contentType} are not allowed. Allowed: ${contentTypes.join(', ')}.`;
      return [{ code: 'invalid_content_type', message }];
    }
    const refused = this.field.scalarKind === 'image' ? await this.#checkImage(file) : [];
    if (!refused.length) accepted.set(file, found);
    return refused;
  }

  async #checkImage({ path }: UploadedFile): Promise<readonly FieldError[]> {
    const { minWidth = 1, minHeight = 1, maxWidth = MAX_SIDE, maxHeight = MAX_SIDE } = this.field.file ?? {};
    const size = await imageSizeFromFile(path).catch(() => undefined);
    if (!size?.width || !size.height) {
      const message = 'Upload a valid image. The file is either not an image or a corrupted one.';
      return [{ code: 'invalid_image', message }];
    }
    const { width, height } = size;
    if (width < minWidth || height < minHeight) {
      return [
        { code: 'min_dimensions', message: `Ensure that the image has at least ${minWidth} × ${minHeight} pixels.` },
      ];
    }
    if (width > maxWidth || height > maxHeight) {
      return [
        { code: 'max_dimensions', message: `Ensure that the image has at most ${maxWidth} × ${maxHeight} pixels.` },
      ];
    }
    return [];
  }
}

function isOf(type: string, wanted: string): boolean {
  return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
