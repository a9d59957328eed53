import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreSettings, renderEnvExample, renderSettingsPage } from '@core-framework/config';

const root = join(import.meta.dirname, '..');

writeFileSync(join(root, '.env.example'), renderEnvExample(CoreSettings));
writeFileSync(join(root, 'docs/settings.md'), renderSettingsPage(CoreSettings));
