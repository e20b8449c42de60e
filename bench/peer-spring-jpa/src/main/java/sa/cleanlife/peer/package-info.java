/** What most good teams would write for the same operations; see README.md. */
package sa.cleanlife.peer;
