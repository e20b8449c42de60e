/** The same operations as most good teams would write them; see README.md. */
package sa.cleanlife.peer;
