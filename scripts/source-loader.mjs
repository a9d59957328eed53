/** Lets Node run the repository's TypeScript as it stands: `node --import ./scripts/source-loader.mjs file.ts`. */
import '../libs/cli/source-loader.mjs';
