// Everything here makes a page quicker to use; no page needs it to be read or answered.
import 'htmx.org';
import { startComposer } from './composer';
import { startDialogs } from './dialogs';
import { startKeys } from './keys';
import { startLive } from './live';
import { startPiece } from './piece';
import { startTheme } from './theme';
import { startUndo } from './undo';
import { startPage } from './page';

startDialogs();
startTheme();
startKeys();
startLive();
startPage();
startComposer(document);
startUndo(document);
startPiece(document);
document.addEventListener('htmx:after:swap', () => {
  startComposer(document);
  startUndo(document);
  startPiece(document);
  startPage();
});
