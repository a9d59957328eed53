import type { SecurityHeadersOptions } from '@nestjs/common';

/**
 * An API answers data: a browser that is made to show it as a page may load and run nothing.
 *
 * What only pages, Flash or long gone browsers look at is left out, since every answer would pay for it.
 */
export const API_SECURITY_HEADERS: SecurityHeadersOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: "'none'", baseUri: "'none'", formAction: "'none'", frameAncestors: "'none'" },
  },
  xFrameOptions: { action: 'deny' },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};
