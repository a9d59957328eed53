import { type FileStorage, LocalFileStorage } from '@core-framework/common';
import { UploadSettings } from '@core-framework/config';

/** Where files go, and which the application accepts at all. */
export interface UploadServices {
  readonly storage: FileStorage;
  readonly allowedExtensions: readonly string[];
}

/** The application's storage, or the local disk as its settings say. */
export function uploadServicesOf(storage: FileStorage | undefined, settings = new UploadSettings()): UploadServices {
  return {
    storage: storage ?? new LocalFileStorage({ root: settings.mediaRoot, baseUrl: settings.mediaUrl }),
    allowedExtensions: settings.allowedExtensions,
  };
}
