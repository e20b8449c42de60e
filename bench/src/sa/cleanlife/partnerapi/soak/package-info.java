/** After minutes of mixed traffic the server holds no more files, threads and memory than before. */
@NullMarked
package sa.cleanlife.partnerapi.soak;

import org.jspecify.annotations.NullMarked;
