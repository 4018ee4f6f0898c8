import { render } from 'preact';
import '../kit/kit.css';
import './desk.css';
import { Desk } from './desk.tsx';

render(<Desk />, document.body);
