/** The script of the engine's worker. */

import { type Port, serve } from "./remote";

serve(self as unknown as Port);
