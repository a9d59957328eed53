import { RequestContext } from '@core-framework/common';
import { createParamDecorator } from '@nestjs/common';

/**
 * Fills a parameter of a plain controller's handler with the caller: a `UserPrincipal`. It is `undefined` where no guard, such as
 * `AuthenticatedGuard`, asked who that is.
 */
export const CurrentUser: () => ParameterDecorator = createParamDecorator(() => {
  const principal = RequestContext.current()?.principal;
  return principal?.isAuthenticated ? principal : undefined;
});
