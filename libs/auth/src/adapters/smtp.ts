export { SmtpMailSender } from '../mail/smtp-mail-sender.js';
