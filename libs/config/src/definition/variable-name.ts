/** Names the variable of a property: `stripeApiKey` becomes `STRIPE_API_KEY`, `smtpURL` becomes `SMTP_URL`. */
export function variableNameOf(property: string): string {
  return property
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase();
}
